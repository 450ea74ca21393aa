import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/**
 * Raises classes of a jar to version 52 (Java 8), with stack map frames: the class data archive
 * takes none below version 50, and picocli's are of 49. Run by the build on the one-jar command
 * line; the names and times of entries stay, so that the jar is the same whenever it is built.
 */
final class RaiseClassVersion {
  private RaiseClassVersion() {}

  /** Arguments: the jar, and the folder within it whose classes are raised. */
  public static void main(String[] args) throws IOException {
    Path jar = Path.of(args[0]);
    byte[] before = Files.readAllBytes(jar);
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(before));
        OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream out = new ZipOutputStream(file)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setTimeLocal(entry.getTimeLocal());
        out.putNextEntry(copy);
        boolean raised = entry.getName().startsWith(args[1]) && entry.getName().endsWith(".class");
        out.write(raised ? raise(in) : in.readAllBytes());
        out.closeEntry();
      }
    }
  }

  private static byte[] raise(InputStream in) throws IOException {
    ClassReader reader = new ClassReader(in.readAllBytes());
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public void visit(
              int version, int access, String name, String signature, String parent, String[] of) {
            super.visit(Math.max(version, Opcodes.V1_8), access, name, signature, parent, of);
          }
        },
        0);
    return writer.toByteArray();
  }
}
