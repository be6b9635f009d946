/** The router's counts for Prometheus. */
package org.wgjvm.router.metrics;
