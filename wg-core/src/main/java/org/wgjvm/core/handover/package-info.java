/** The state of a device as bytes, for the process that takes its place: written and read in memory, never on disk. */
package org.wgjvm.core.handover;
