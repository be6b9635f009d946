/** What {@code wg(8)} prints and computes, byte for byte. */
package org.wgjvm.endpoint.wg;
