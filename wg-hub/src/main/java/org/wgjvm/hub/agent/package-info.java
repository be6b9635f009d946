/** The agent: what is wanted, what is there, and the way from one to the other. */
package org.wgjvm.hub.agent;
