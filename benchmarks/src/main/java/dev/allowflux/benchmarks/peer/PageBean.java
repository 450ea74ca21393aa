package dev.allowflux.benchmarks.peer;

import com.alibaba.fastjson2.annotation.JSONField;
import com.dslplatform.json.CompiledJson;
import com.dslplatform.json.JsonAttribute;
import dev.allowflux.model.AllowPolicy;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/** A page with public fields, for the libraries that are at their best with them. */
@CompiledJson(onUnknown = CompiledJson.Behavior.IGNORE)
@NullUnmarked
public class PageBean {
  public boolean success;
  public List<MessageBean> errors;
  public List<MessageBean> messages;
  public List<PolicyBean> result;

  @JSONField(name = "result_info")
  @JsonAttribute(name = "result_info")
  public NumbersBean numbers;

  public List<AllowPolicy> policies() {
    return result.stream().map(PolicyBean::toPolicy).toList();
  }

  /** An error or a message of the envelope. */
  @CompiledJson(onUnknown = CompiledJson.Behavior.IGNORE)
  public static class MessageBean {
    public int code;
    public String message;
  }

  /** Where the page stands. */
  @CompiledJson(onUnknown = CompiledJson.Behavior.IGNORE)
  public static class NumbersBean {
    public int count;
    public int page;

    @JSONField(name = "per_page")
    @JsonAttribute(name = "per_page")
    public int perPage;

    @JSONField(name = "total_count")
    @JsonAttribute(name = "total_count")
    public int totalCount;
  }
}
