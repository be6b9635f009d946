package org.wgjvm.router.show;

/**
 * What a show command has found: for people, and for programs.
 *
 * @param text the layout
 * @param data records, lists and maps that become JSON
 */
public record Shown(String text, Object data) {}
