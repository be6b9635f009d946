/** The daemon of one interface: its life from the arguments to the removal of its socket. */
package org.wgjvm.endpoint.daemon;
