namespace TcpLens.Testing;

/// <summary>A small C program of the tests, compiled by gcc when it is first needed and kept next to the test.</summary>
internal static class NativeProgram
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "native");
    private static readonly Lock Building = new();

    /// <summary>Path of the executable made from native/<paramref name="name"/>.c and any native/<paramref name="name"/>_*.c.</summary>
    public static string Build(string name)
    {
        string[] sources = [Path.Combine(Folder, name + ".c"), .. Directory.GetFiles(Folder, name + "_*.c")];
        string program = Path.Combine(Folder, name);
        lock (Building)
        {
            string[] read = [.. sources, .. Directory.GetFiles(Folder, name + ".h")];
            if (!File.Exists(program) || read.Any(file => File.GetLastWriteTimeUtc(program) < File.GetLastWriteTimeUtc(file)))
            {
                string unfinished = $"{program}.{Environment.ProcessId}"; // renamed when whole: another test may be building too
                CommandRun.Run("gcc", ["-O2", "-Wall", "-pthread", "-o", unfinished, .. sources]).EnsureSuccess();
                File.Move(unfinished, program, overwrite: true);
            }
        }

        return program;
    }
}
