/** Linux system calls and netlink through {@code java.lang.foreign}: thin, and free of WireGuard. */
package org.wgjvm.sys;
