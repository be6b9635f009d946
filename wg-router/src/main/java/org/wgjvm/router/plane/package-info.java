/**
 * The packet path of a router: from a decrypted packet of a profile to an interface and back, through tenants, services, NAT and the table
 * of sessions. One event loop owns all of it.
 */
package org.wgjvm.router.plane;
