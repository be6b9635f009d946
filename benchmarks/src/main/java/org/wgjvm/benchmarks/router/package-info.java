/** What the router costs: the packet path through tenants, services and NAT beside the plain data plane, {@code bin/bench router}. */
package org.wgjvm.benchmarks.router;
