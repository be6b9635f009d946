/** The daemon's log. */
package org.wgjvm.endpoint.log;
