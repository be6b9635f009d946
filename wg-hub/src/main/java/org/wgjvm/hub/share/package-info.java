/** What several agents share through a store of keys with revisions: which ports are wanted, who is there, and who holds which hub. */
package org.wgjvm.hub.share;
