/** The data path in memory, on one core: packets per second, and where the nanoseconds go. */
package org.wgjvm.benchmarks.pipeline;
