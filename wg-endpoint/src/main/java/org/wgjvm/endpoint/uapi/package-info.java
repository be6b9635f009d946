/**
 * The configuration protocol between {@code wg(8)} and a userspace implementation (wireguard.com/xplatform, "Configuration Protocol"): its
 * parser, its formatter, the server on a unix socket and the client that our own commands use.
 */
package org.wgjvm.endpoint.uapi;
