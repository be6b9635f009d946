/** What a port is: immutable records, read strictly from Neutron's port JSON, and the names that follow from them. */
package org.wgjvm.hub.port;
