using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>
/// Whom a capture of root becomes once it is open: who was named, else who called sudo, else nobody. Files after the first are made by
/// that user; where they may not be, root stays root and says so, or the one who was named is refused at once and not an hour later.
/// </summary>
internal static class CaptureUser
{
    private const string Root = "root";

    /// <summary>Null to stay who one is.</summary>
    /// <param name="choice">What was asked for.</param>
    /// <param name="stays">Hears why root stays root.</param>
    /// <exception cref="UsageException">Who was named is nobody, or may not make the files.</exception>
    public static OrdinaryUser? Choose(CaptureChoice choice, Action<string> stays)
    {
        if (!OrdinaryUser.IsRoot)
        {
            return choice.User is null ? null : throw new UsageException($"--user {choice.User}: only root can become somebody else");
        }

        var names = new UserNames();
        OrdinaryUser? user = choice.User switch
        {
            Root or "0" => null,
            { } name => OrdinaryUser.Named(name, names) ?? throw new UsageException($"--user {name}: there is no such user in /etc/passwd"),
            null => OrdinaryUser.WhoCalledSudo(Environment.GetEnvironmentVariable, names) ?? OrdinaryUser.LeastOfAll(names),
        };
        if (user is null || !NeedsMoreFiles(choice) || user.MayMakeFilesIn(FolderOf(choice.Output!)))
        {
            return user;
        }

        string reason = $"user {user.Name} may not make files in {FolderOf(choice.Output!)}";
        if (choice.User is not null)
        {
            throw new UsageException($"--user {choice.User}: {reason}, and later files are made by that user; name a folder of theirs, or -Z root");
        }

        stays($"stays root, as {reason}; -Z NAME becomes somebody who may");
        return null;
    }

    /// <summary>True when files are made after the capture was opened.</summary>
    private static bool NeedsMoreFiles(CaptureChoice choice) => choice is { Output: not null, ToStandardOutput: false } && (choice.Rotation is not null || choice.Trigger is not null);

    private static string FolderOf(string path) => Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : ".";
}
