package org.wgjvm.hub.port;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A JSON object that is read strictly: what has the wrong type is an error that names its path. A null is as good as nothing. */
public final class Fields {
    private final JsonObject object;
    private final String path;

    /** An object at a path, which is empty for the outermost. */
    public Fields(JsonObject object, String path) {
        this.object = object;
        this.path = path;
    }

    /** Parses a text that is one JSON object and nothing else. */
    public static Fields parse(String text) throws FieldException {
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            final JsonElement element = JsonParser.parseReader(reader);
            if (!element.isJsonObject() || reader.peek() != JsonToken.END_DOCUMENT) {
                throw new FieldException("", "one JSON object is wanted");
            }
            return new Fields(element.getAsJsonObject(), "");
        } catch (JsonParseException | IOException | IllegalStateException | NumberFormatException | StackOverflowError e) {
            throw new FieldException("", "not JSON");
        }
    }

    /** The path of a field of this object. */
    public String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** What was read. */
    public JsonObject json() {
        return object;
    }

    /** Whether there is such a field, and it is not null. */
    public boolean has(String name) {
        return object.has(name) && !object.get(name).isJsonNull();
    }

    /** Refuses every field but these. */
    public void only(Set<String> known) throws FieldException {
        for (final String name : object.keySet()) {
            if (!known.contains(name)) {
                throw new FieldException(path(name), "unknown field; known are " + String.join(", ", known.stream().sorted().toList()));
            }
        }
    }

    /** A text, or {@code otherwise}. */
    public String string(String name, String otherwise) throws FieldException {
        if (!has(name)) {
            return otherwise;
        }
        if (object.get(name) instanceof JsonPrimitive p && p.isString()) {
            return p.getAsString();
        }
        throw wrong(name, "a string is wanted");
    }

    /** A text that must be there and not empty. */
    public String required(String name) throws FieldException {
        final String value = string(name, "");
        if (value.isEmpty()) {
            throw wrong(name, "is required");
        }
        return value;
    }

    /** True or false, or {@code otherwise}. */
    public boolean bool(String name, boolean otherwise) throws FieldException {
        if (!has(name)) {
            return otherwise;
        }
        if (object.get(name) instanceof JsonPrimitive p && p.isBoolean()) {
            return p.getAsBoolean();
        }
        throw wrong(name, "true or false is wanted");
    }

    /** A whole number within bounds, or {@code otherwise}. */
    public long integer(String name, long least, long most, long otherwise) throws FieldException {
        if (!has(name)) {
            return otherwise;
        }
        try {
            if (object.get(name) instanceof JsonPrimitive p && p.isNumber()) {
                final long value = p.getAsBigDecimal().longValueExact();
                if (value >= least && value <= most) {
                    return value;
                }
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // Said below.
        }
        throw wrong(name, "a whole number from " + least + " to " + most + " is wanted");
    }

    /** An object, or null. */
    public Fields object(String name) throws FieldException {
        if (!has(name)) {
            return null;
        }
        if (object.get(name) instanceof JsonObject o) {
            return new Fields(o, path(name));
        }
        throw wrong(name, "an object is wanted");
    }

    /** A list of objects, empty when there is none. */
    public List<Fields> objects(String name) throws FieldException {
        final List<Fields> all = new ArrayList<>();
        for (final JsonElement element : array(name)) {
            final String at = path(name) + "[" + all.size() + "]";
            if (!(element instanceof JsonObject o)) {
                throw new FieldException(at, "an object is wanted");
            }
            all.add(new Fields(o, at));
        }
        return all;
    }

    /** A list of texts, empty when there is none. */
    public List<String> strings(String name) throws FieldException {
        final List<String> all = new ArrayList<>();
        for (final JsonElement element : array(name)) {
            if (!(element instanceof JsonPrimitive p && p.isString())) {
                throw new FieldException(path(name) + "[" + all.size() + "]", "a string is wanted");
            }
            all.add(p.getAsString());
        }
        return all;
    }

    private JsonArray array(String name) throws FieldException {
        if (!has(name)) {
            return new JsonArray();
        }
        if (object.get(name) instanceof JsonArray a) {
            return a;
        }
        throw wrong(name, "a list is wanted");
    }

    /** An exception about a field of this object. */
    public FieldException wrong(String name, String reason) {
        return new FieldException(path(name), reason);
    }
}
