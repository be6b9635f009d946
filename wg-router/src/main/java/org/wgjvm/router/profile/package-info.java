/** Profiles that run: a data plane each, with its keys on disk, on an address that may come and go, and the router around them. */
package org.wgjvm.router.profile;
