/**
 * The part of Neutron's API by which {@code openstack} and openstacksdk drive an agent without Neutron: networks, subnets, ports and
 * routers of one node.
 */
package org.wgjvm.hub.neutron;
