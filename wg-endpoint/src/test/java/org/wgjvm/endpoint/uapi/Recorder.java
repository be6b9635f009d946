package org.wgjvm.endpoint.uapi;

import java.util.ArrayList;
import java.util.List;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.endpoint.FakeDevice;

/** Writes down what a parser says, and applies every set to a fake device as the server would. */
final class Recorder implements UapiParser.Handler {
    final FakeDevice device = new FakeDevice();
    final List<String> events = new ArrayList<>();
    final List<DeviceChange> changes = new ArrayList<>();

    @Override
    public void onSet(DeviceChange change, UapiFailure failure) {
        device.apply(change);
        changes.add(change);
        events.add("set " + (failure == null ? 0 : failure.errno()));
    }

    @Override
    public void onGet() {
        events.add("get");
    }

    @Override
    public void onRefused(UapiFailure failure, boolean get) {
        events.add((get ? "get " : "none ") + failure.errno());
    }
}
