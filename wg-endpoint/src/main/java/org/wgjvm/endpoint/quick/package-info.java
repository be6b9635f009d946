/** What {@code wg-quick(8)} does around the data plane: addresses, MTU, routes, name servers, hooks; and their undoing. */
package org.wgjvm.endpoint.quick;
