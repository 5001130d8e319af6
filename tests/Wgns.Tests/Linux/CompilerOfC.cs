using System.ComponentModel;
using System.Diagnostics;

namespace Wgns.Tests.Linux;

/// <summary>gcc, asked what it says of a source. It makes nothing.</summary>
internal static class CompilerOfC
{
    /// <summary>What it complains of; empty where that is nothing. Ignores the test where there is no gcc.</summary>
    internal static string Check(string source)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo("gcc", ["-x", "c", "-std=gnu11", "-fsyntax-only", "-"])
            {
                RedirectStandardInput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception)
        {
            Assert.Ignore("gcc is not installed, so the headers cannot be asked");
            throw;
        }

        using (process)
        {
            var errors = process.StandardError.ReadToEndAsync();
            process.StandardInput.Write(source);
            process.StandardInput.Close();
            process.WaitForExit();
            var text = errors.GetAwaiter().GetResult();
            return process.ExitCode == 0 ? string.Empty : $"gcc: {text}";
        }
    }
}
