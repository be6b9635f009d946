/** What a running router shows: in the layouts that operators know, and as JSON. Values are real, or {@code n/a}. */
package org.wgjvm.router.show;
