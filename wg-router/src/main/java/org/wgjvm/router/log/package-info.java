/** The journals of a router: of its configuration, and of the peers of each profile. */
package org.wgjvm.router.log;
