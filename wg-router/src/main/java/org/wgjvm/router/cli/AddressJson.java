package org.wgjvm.router.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializationContext;
import com.google.gson.JsonSerializer;
import java.lang.reflect.Type;
import org.wgjvm.router.config.IpAddress;

/** Addresses as people write them. */
final class AddressJson implements JsonSerializer<IpAddress> {
    @Override
    public JsonElement serialize(IpAddress address, Type type, JsonSerializationContext context) {
        return new JsonPrimitive(address.toString());
    }
}
