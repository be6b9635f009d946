package org.wgjvm.router.config;

/**
 * A committed version of the configuration.
 *
 * @param number from 1
 * @param time when, in UTC
 * @param comment what for, or empty
 */
public record Commit(int number, String time, String comment) {}
