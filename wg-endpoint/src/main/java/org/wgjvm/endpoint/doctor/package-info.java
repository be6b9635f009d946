/** {@code wg-jvm doctor}: looks at the machine and at its interfaces, and says what is wrong and what to do about it. */
package org.wgjvm.endpoint.doctor;
