/**
 * Configuration as people write it: files for {@code wg setconf} and {@code wg-quick}, and the arguments of {@code wg set}, read strictly
 * into immutable values, with errors that say where and why and never show a secret.
 */
package org.wgjvm.endpoint.config;
