/**
 * The control channel of our own daemon, a unix socket beside that of the UAPI: what the UAPI has no words for (captures, names of
 * endpoints, the hand-over to a successor). Whoever needs another command adds it to the {@link org.wgjvm.endpoint.control.ControlServer}.
 */
package org.wgjvm.endpoint.control;
