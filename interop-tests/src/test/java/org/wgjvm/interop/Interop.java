package org.wgjvm.interop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a class of tests against other implementations. Where something they need is missing they are skipped one by one, each by name and
 * with the reason; with CI=true or WGJVM_REQUIRE_INTEROP=1 that is a failure.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith({Requirements.class, FailureReport.class})
@interface Interop {
    /** What takes part besides ours. */
    Implementation[] value() default {};

    /** Programs that take part besides those that every class needs. */
    String[] programs() default {};
}
