/** What is kept on disk: desired state, one file a port, its history, and, apart from both, the secrets. */
package org.wgjvm.hub.state;
