/** Events of the flight recorder (JFR), category WireGuard. None holds a secret. */
package org.wgjvm.dataplane.recording;
