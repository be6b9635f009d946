/** The agent's API over HTTP, on a unix socket or, with a token, on TCP. */
package org.wgjvm.hub.http;
