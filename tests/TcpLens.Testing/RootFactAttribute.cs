using System.Runtime.CompilerServices;

namespace TcpLens.Testing;

/// <summary>A test that needs root (a network namespace, another process's descriptors); skipped with its reason otherwise.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => Skip = Privilege.SkipReason;
}

/// <summary>A table of tests that needs root; see <see cref="RootFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => Skip = Privilege.SkipReason;
}

internal static class Privilege
{
    public static string? SkipReason => Environment.IsPrivilegedProcess ? null : "needs root: run ./test as root";
}
