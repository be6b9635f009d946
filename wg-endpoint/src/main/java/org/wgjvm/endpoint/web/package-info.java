/** Small web servers of the daemon: loopback unless told otherwise, read-only. */
package org.wgjvm.endpoint.web;
