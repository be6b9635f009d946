/** What of a node the agent works on, behind interfaces: Linux, or one that only says what would be done. */
package org.wgjvm.hub.machine;
