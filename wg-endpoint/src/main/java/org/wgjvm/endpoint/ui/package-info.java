/** The daemon's page: read-only, off unless asked for; docs/operations/ui.md describes it. */
package org.wgjvm.endpoint.ui;
