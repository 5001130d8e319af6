# wgns as one native program, with its units, man pages and completions.
#
# nix/deps.json lists the NuGet packages of the program and its tests; after a change of Directory.Packages.props:
#     $(nix-build -A passthru.fetch-deps --no-out-link) nix/deps.json
# Its hashes are those of the packages as a restore leaves them, held to that by a test; the native compiler and what else
# belongs to the SDK comes with nixpkgs' own.
{
  lib,
  stdenv,
  buildDotnetModule,
  dotnetCorePackages,
  installShellFiles,
  nftables,
  openssl,
  util-linux,
  zlib,
}:
buildDotnetModule {
  pname = "wgns";
  version = builtins.head (
    builtins.match ".*<Version>([^<]+)</Version>.*" (builtins.readFile ../Directory.Build.props)
  );

  # As git has it, also where somebody has built in it.
  src = lib.cleanSourceWith {
    src = lib.cleanSource ../.;
    filter =
      path: _:
      !builtins.elem (baseNameOf path) [
        "bin"
        "obj"
        "out"
      ];
  };

  dotnet-sdk = dotnetCorePackages.sdk_10_0;
  dotnet-runtime = null;
  projectFile = "src/Wgns.Cli/Wgns.Cli.csproj";
  testProjectFile = "tests/Wgns.Tests/Wgns.Tests.csproj";
  nugetDeps = ./deps.json;
  selfContainedBuild = true;
  dotnetFlags = [
    "-p:TargetFrameworks=net10.0"
    "-p:TargetFramework=net10.0"
    "-p:NativeProgram=true"
  ];
  # A wrapper would set LD_LIBRARY_PATH, and everything that `wgns exec` starts would inherit it.
  executables = [ ];

  # The compiler of .NET calls gcc to link.
  nativeBuildInputs = [
    stdenv.cc
    installShellFiles
  ];
  buildInputs = [ zlib ];

  # Both are opened while the program runs, by these names: there is no directory of libraries to search.
  postPatch = ''
    substituteInPlace src/Wgns.Linux/Nftables/Libnftables.cs \
      --replace-fail '"libnftables.so.1"' '"${lib.getLib nftables}/lib/libnftables.so.1"'
    substituteInPlace src/Wgns.Linux/Libcrypto/OpenSsl.cs \
      --replace-fail '"libcrypto.so.3"' '"${lib.getLib openssl}/lib/libcrypto.so.3"'
  '';

  # Those that need neither root nor a network; what makes namespaces is tested by nix/tests.
  doCheck = true;

  postInstall = ''
    install -D -m 755 $out/lib/wgns/Wgns.Cli $out/bin/wgns
    rm -r $out/lib/wgns

    mkdir -p $out/lib/systemd/system
    for unit in systemd/wgns*; do
      substitute "$unit" "$out/lib/systemd/system/$(basename "$unit")" \
        --replace-quiet @WGNS@ $out/bin/wgns \
        --replace-quiet @MDWX@ "" \
        --replace-quiet /bin/kill ${lib.getExe' util-linux "kill"}
    done

    installManPage docs/man/*
    for paper in LICENSE README.md CHANGELOG.md docs/*.md docs/decisions/*.md; do
      install -D -m 644 "$paper" "$out/share/doc/wgns/$paper"
    done
    cp -r examples $out/share/doc/wgns/
  ''
  + lib.optionalString (stdenv.buildPlatform.canExecute stdenv.hostPlatform) ''
    installShellCompletion --cmd wgns \
      --bash <($out/bin/wgns completion bash) \
      --zsh <($out/bin/wgns completion zsh) \
      --fish <($out/bin/wgns completion fish)
  '';

  meta = {
    description = "Network namespaces whose only way out is WireGuard";
    license = lib.licenses.mit;
    mainProgram = "wgns";
    platforms = [
      "x86_64-linux"
      "aarch64-linux"
    ];
  };
}
