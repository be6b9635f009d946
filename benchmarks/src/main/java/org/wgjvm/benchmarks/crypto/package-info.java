/** Benchmarks of the primitives, and their comparison with OpenSSL. */
package org.wgjvm.benchmarks.crypto;
