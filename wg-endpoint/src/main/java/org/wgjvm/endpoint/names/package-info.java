/** Endpoints known by name: looked up again when what was answered has run out of time, or when nobody answers there. */
package org.wgjvm.endpoint.names;
