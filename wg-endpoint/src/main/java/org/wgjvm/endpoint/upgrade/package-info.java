/**
 * Another process takes the place of the daemon while its tunnel stays up: {@link org.wgjvm.endpoint.upgrade.HandOver} in the old process,
 * {@link org.wgjvm.endpoint.upgrade.TakeOver} in the new one, and the channel between them. docs/operations/upgrade.md tells the order of
 * things, and what follows from a crash at each of them.
 */
package org.wgjvm.endpoint.upgrade;
