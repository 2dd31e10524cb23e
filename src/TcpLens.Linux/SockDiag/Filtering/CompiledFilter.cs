using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>A filter cut in two: what the kernel does while it walks, and what is left to do with its answer.</summary>
/// <param name="States">The states to ask for (idiag_states); the bytecode counts on no other being asked for.</param>
/// <param name="Bytecode">Value of the INET_DIAG_REQ_BYTECODE attribute; null when the kernel has nothing to compare.</param>
/// <param name="Rest">The filter the answer still has to pass; null when the kernel's answer is exact.</param>
public sealed record CompiledFilter(StateSet States, byte[]? Bytecode, SocketFilter? Rest);
