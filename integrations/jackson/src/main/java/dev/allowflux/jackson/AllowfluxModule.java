package dev.allowflux.jackson;

import dev.allowflux.json.PolicyJson;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.ApiError;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.Page;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.RateLimit;
import dev.allowflux.model.TraversalPosition;
import dev.allowflux.model.TraversalReport;
import dev.allowflux.plan.SyncPlan;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;
import tools.jackson.core.Version;
import tools.jackson.databind.module.SimpleModule;

/**
 * Reads and writes the values of allowflux as JSON.
 *
 * <p>{@code JsonMapper.builder().findAndAddModules()} finds it, and so does Spring Boot. The values
 * that the API has are read and written by {@link PolicyJson}, with the API's field names:
 *
 * <ul>
 *   <li>{@link AllowPolicy}, with the fields that this version does not know, and {@link
 *       BatchResult};
 *   <li>{@link NewAllowPolicy}, {@link AllowPolicyEdit} and {@link AllowPolicyBatch}, which are
 *       read strictly: an unknown or repeated field, a wrong type or a pattern that is none fails
 *       with the path and the name of the field;
 *   <li>{@link PolicyId}, {@link AccountId} and {@link TraversalPosition} as text, the two ids also
 *       as keys of a map.
 * </ul>
 *
 * <p>{@link Page}, {@link TraversalReport}, {@link ApiResult}, {@link ApiError} and {@link
 * RateLimit} have names in the style of the API. A {@link SyncPlan} is written as the plan file has
 * it, and is not read: it is approved by its digest.
 *
 * <p>Annotations, views and filters of an application do not change these forms.
 *
 * @since 0.1
 */
public final class AllowfluxModule extends SimpleModule {
  private static final long serialVersionUID = 1L;

  /** Makes the module; {@code ServiceLoader} does so too. */
  public AllowfluxModule() {
    super("allowflux", Version.unknownVersion(), AllowfluxModule.class);
    codec(AllowPolicy.class, PolicyJson::write, PolicyJson::readPolicy);
    codec(NewAllowPolicy.class, PolicyJson::write, PolicyJson::readNew);
    codec(AllowPolicyEdit.class, PolicyJson::write, PolicyJson::readEdit);
    codec(AllowPolicyBatch.class, PolicyJson::write, PolicyJson::readBatch);
    codec(BatchResult.class, PolicyJson::write, PolicyJson::readBatchResult);
    addSerializer(new CodecSerializer<>(SyncPlan.class, AllowfluxModule::write));
    text(PolicyId.class, PolicyId::new);
    text(AccountId.class, AccountId::new);
    text(TraversalPosition.class, TraversalPosition::parse);
    key(PolicyId.class, PolicyId::new);
    key(AccountId.class, AccountId::new);
    setMixInAnnotation(Page.class, Forms.OfPage.class);
    setMixInAnnotation(TraversalReport.class, Forms.OfReport.class);
    setMixInAnnotation(ApiError.class, Forms.OfError.class);
    setMixInAnnotation(ApiResult.class, Forms.SnakeCase.class);
    setMixInAnnotation(RateLimit.class, Forms.SnakeCase.class);
  }

  private <T> void codec(Class<T> type, Function<T, byte[]> writer, Function<byte[], T> reader) {
    addSerializer(new CodecSerializer<>(type, writer));
    addDeserializer(type, new CodecDeserializer<>(type, reader));
  }

  private <T> void text(Class<T> type, Function<String, T> reader) {
    addSerializer(new TextSerializer<>(type));
    addDeserializer(type, new TextDeserializer<>(type, reader));
  }

  private <T> void key(Class<T> type, Function<String, T> reader) {
    addKeySerializer(type, new KeySerializer<>(type));
    addKeyDeserializer(type, new KeyReader(type, reader));
  }

  private static byte[] write(SyncPlan plan) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      plan.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("nothing can fail here", e);
    }
    byte[] json = bytes.toByteArray();
    for (int i = 0; i < json.length; i++) {
      // Between tokens a space does as well, and a line break would end an item of NDJSON.
      json[i] = json[i] == '\n' ? (byte) ' ' : json[i];
    }
    return json;
  }
}
