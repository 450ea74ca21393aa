package dev.allowflux.benchmarks.peer;

import com.alibaba.fastjson2.JSON;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * fastjson2 over bytes into a class with public fields. It compiles a reader for the class at run
 * time; a record takes it longer.
 */
@State(Scope.Benchmark)
public class Fastjson2 {
  public PageBean read(byte[] body) {
    return JSON.parseObject(body, PageBean.class);
  }
}
