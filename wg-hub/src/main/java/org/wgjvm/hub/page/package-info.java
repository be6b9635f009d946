/** The page of an agent: what there is, what passes, and who is not heard of, for a browser on this machine. It changes nothing. */
package org.wgjvm.hub.page;
