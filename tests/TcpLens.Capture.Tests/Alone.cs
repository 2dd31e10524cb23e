namespace TcpLens.Capture.Tests;

/// <summary>Tests that need the machine to themselves: they look at the heap, or at kernel timers that must not come late.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
