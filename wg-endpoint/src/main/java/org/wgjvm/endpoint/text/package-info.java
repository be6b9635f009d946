/** Addresses, prefixes and numbers in text, read without garbage and with one set of rules for the UAPI, files and the command line. */
package org.wgjvm.endpoint.text;
