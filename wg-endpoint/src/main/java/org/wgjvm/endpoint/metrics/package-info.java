/** The daemon's counters for Prometheus; docs/operations/metrics.md describes them. */
package org.wgjvm.endpoint.metrics;
