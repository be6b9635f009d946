/** The router's configuration: its text, an immutable typed model of it, what is wrong with it, and its committed versions. */
package org.wgjvm.router.config;
