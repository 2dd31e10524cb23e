using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>Writes files that are whole or not there: beside their place first, and then under their name.</summary>
internal static class WholeFile
{
    /// <param name="path">Where to. What is no ordinary file there (/dev/stdout, a named pipe) is written to, never replaced.</param>
    /// <param name="what">What is written, for the error text: "the report".</param>
    /// <param name="write">Writes it.</param>
    /// <exception cref="IOException">It could not be written; what was there before is there still.</exception>
    public static void Write(string path, string what, Action<Stream> write)
    {
        bool isReplaceable = !FileKind.IsSpecial(path);
        string draft = isReplaceable ? $"{path}.{Environment.ProcessId}.new" : path;
        try
        {
            using (FileStream stream = new(draft, isReplaceable ? FileMode.Create : FileMode.Open, FileAccess.Write))
            {
                write(stream);
            }

            if (isReplaceable)
            {
                File.Move(draft, path, overwrite: true);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            if (isReplaceable)
            {
                File.Delete(draft);
            }

            throw new IOException($"could not write {what} to {path}: {failure.Message}", failure);
        }
    }
}
