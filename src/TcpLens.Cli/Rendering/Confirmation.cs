using TcpLens.Linux;

namespace TcpLens.Cli.Rendering;

/// <summary>A question before something that cannot be undone: only an explicit yes is one.</summary>
internal static class Confirmation
{
    /// <summary>True when somebody sits there who can read the question and answer it.</summary>
    public static bool IsPossible => InputDescriptor.StandardInput.IsTerminal && OutputDescriptor.StandardError.IsTerminal;

    public static bool Ask(StandardError error, string question)
    {
        error.Ask(question + " [y/N] ");
        return InputDescriptor.StandardInput.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }
}
