; The installer for Windows, for Inno Setup 6.3 or later. Built by packaging/build.py windows, which passes
; /DAppVersion=1.2.3 /DFileVersion=1.2.3.0 /DSource=folder of the frozen program /DRoot=checkout /DIcon=file.ico
; For one person, without administrator rights; /ALLUSERS installs for the whole machine. DEPLOYMENT.md has the switches.

#define AppName "optim-race"
#define Exe AppName + ".exe"
#define ProgId AppName + ".race"

[Setup]
AppId={{365ACF27-EB74-411F-92F4-A95AB001C897}
AppName={#AppName}
AppVersion={#AppVersion}
AppPublisher=the optim-race authors
VersionInfoVersion={#FileVersion}
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=commandline dialog
; Qt 6.10 and later want 64 bits and Windows 10 of 2018 (1809) or later.
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
DefaultDirName={autopf}\{#AppName}
DisableProgramGroupPage=yes
LicenseFile={#Root}\LICENSE
SetupIconFile={#Icon}
UninstallDisplayName={#AppName}
UninstallDisplayIcon={app}\{#Exe}
ChangesAssociations=yes
OutputBaseFilename={#AppName}-{#AppVersion}-windows-x64-setup
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern

[Languages]
Name: "english"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "associate"; Description: "Offer {#AppName} under ""Open with"" for .toml and .png files"
Name: "desktopicon"; Description: "Put an icon on the desktop"; Flags: unchecked

[InstallDelete]
; An older version's modules must not be found beside the new ones.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Source}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs
Source: "{#Root}\LICENSE"; DestDir: "{app}"; Flags: ignoreversion
Source: "{#Root}\NOTICE"; DestDir: "{app}"; Flags: ignoreversion
Source: "{#Root}\packaging\DEPLOYMENT.md"; DestDir: "{app}"; Flags: ignoreversion

[Icons]
Name: "{autoprograms}\{#AppName}"; Filename: "{app}\{#Exe}"; Comment: "Race gradient-descent optimizers"
Name: "{autodesktop}\{#AppName}"; Filename: "{app}\{#Exe}"; Tasks: desktopicon

[Registry]
; Races and lessons end in .race.toml and .lesson.toml, and Windows knows a file by its last ending alone. That ending belongs
; to no single program, so it is not taken from the one that has it: optim-race is offered under "Open with", and becomes
; the one for a double click when the person says "Always".
Root: HKA; Subkey: "Software\Classes\{#ProgId}"; ValueType: string; ValueData: "Race or lesson"; Flags: uninsdeletekey; Tasks: associate
Root: HKA; Subkey: "Software\Classes\{#ProgId}\DefaultIcon"; ValueType: string; ValueData: "{app}\{#Exe},0"; Flags: uninsdeletekey; Tasks: associate
Root: HKA; Subkey: "Software\Classes\{#ProgId}\shell\open\command"; ValueType: string; ValueData: """{app}\{#Exe}"" ""%1"""; Flags: uninsdeletekey; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.toml"; Flags: uninsdeletekeyifempty; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.toml\OpenWithProgids"; ValueType: string; ValueName: "{#ProgId}"; ValueData: ""; Flags: uninsdeletevalue uninsdeletekeyifempty; Tasks: associate
; A picture carries its race.
Root: HKA; Subkey: "Software\Classes\.png\OpenWithProgids"; ValueType: string; ValueName: "{#ProgId}"; ValueData: ""; Flags: uninsdeletevalue; Tasks: associate

[Run]
Filename: "{app}\{#Exe}"; Description: "Start {#AppName}"; Flags: nowait postinstall skipifsilent
