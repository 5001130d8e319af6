// What a start of any native .NET program takes, made as wgns is: the least that `wgns --version` could take.
return 0;
