namespace TcpLens.Lab;

/// <summary>What a call did.</summary>
/// <param name="Value">What it returned.</param>
/// <param name="Error">The errno, with a value of -1.</param>
/// <param name="Mismatch">What it wrote that is not what the script expects; null when it is.</param>
internal readonly record struct CallOutcome(long Value, int Error = 0, string? Mismatch = null)
{
    public static CallOutcome Failure(int error) => new(-1, error);

    public override string ToString() => Error != 0 ? $"{Value} {PosixNames.ErrorName(Error)}" : $"{Value}";
}
